// In which language numbers and times are written: that of the page, as it is spoken where the browser comes from.
const page = document.documentElement.lang || "en";

export const locale = navigator.languages?.find((each) => each.split("-")[0] === page) ?? page;
// As the server writes sums (wallet/money.py).
export const dollars = new Intl.NumberFormat(page === "en" ? "en-US" : page, { style: "currency", currency: "USD" });
