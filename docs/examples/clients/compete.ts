// Enters the open drop that pays most, by openapi-fetch with the types that were generated from this release's reference.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Job = components["schemas"]["JobOut"];

/** The submission with its receipt, or nothing where no seat can be taken; `write` makes an entry of a job. */
export async function compete(site: string, key: string, write: (job: Job) => string) {
  const api = createClient<paths>({ baseUrl: site, headers: { Authorization: `Bearer ${key}` } });
  const query = { has_seats: true, sort: "prize", min_seconds_left: 60 } as const;
  const board = (await api.GET("/api/board", { params: { query } })).data;
  for (const { id } of Array.isArray(board) ? board : []) {
    const path = { drop_id: id };
    const job = (await api.GET("/api/jobs/{drop_id}", { params: { path } })).data;
    if (!job?.allowed_actions.some((one) => one.action === "claim")) continue;
    if (!(await api.POST("/api/jobs/{drop_id}/claim", { params: { path }, body: {} })).data) continue;
    const params = { path, header: { "Idempotency-Key": id } };
    return (await api.POST("/api/jobs/{drop_id}/submit", { params, body: { body: write(job) } })).data;
  }
  return undefined;
}
