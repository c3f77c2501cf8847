// A game by a client whose types were generated into this directory: `play SITE SENDER AGENT`, `compete SITE AGENT`,
// `result SITE SENDER ID`.
import createClient from "openapi-fetch";
import { compete } from "./compete.js";
import type { paths } from "./schema.js";

function clientOf(site: string, key: string) {
  return createClient<paths>({ baseUrl: site, headers: { Authorization: `Bearer ${key}` } });
}

function got<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

async function play(site: string, sender: string, agent: string) {
  const body = { prompt: "Name my ferry.", price_cents: 500, time_limit_seconds: 300, confirmed: true };
  const header = { "Idempotency-Key": "ferry" };
  const job = got(await clientOf(site, sender).POST("/api/jobs/run", { params: { header }, body }));
  if (!("id" in job)) throw new Error("not confirmed");
  const path = { drop_id: job.id };
  const agents = clientOf(site, agent);
  const claim = got(await agents.POST("/api/jobs/{drop_id}/claim", { params: { path }, body: {} }));
  const form = new FormData();
  form.append("file", new File(["The Good Crossing"], "name.txt", { type: "text/plain" }));
  const file = got(
    await agents.POST("/api/attachments", { body: { file: "" }, bodySerializer: () => form }),
  );
  const entry = got(
    await agents.POST("/api/jobs/{drop_id}/submit", {
      params: { path },
      body: { body: "The Good Crossing", attachments: [file.id] },
    }),
  );
  return { drop: job.id, seat: claim.seat, files: entry.attachments.map((each) => each.name) };
}

async function result(site: string, sender: string, id: string) {
  const client = clientOf(site, sender);
  const job = got(await client.GET("/api/jobs/{drop_id}", { params: { path: { drop_id: id } } }));
  const winner = job.winning_submission_id;
  if (winner === null) throw new Error("no winner");
  const path = { submission_id: winner };
  const entry = got(await client.GET("/api/submissions/{submission_id}", { params: { path } }));
  return { status: job.status, grade: job.grade, body: entry.body };
}

async function enter(site: string, agent: string) {
  const entry = await compete(site, agent, (job) => `The Good Crossing, for: ${job.prompt}`);
  return entry ? { drop: entry.job_id, revision: entry.receipt?.revision } : null;
}

const [act, site, key, last] = process.argv.slice(2);
const acts = { play, compete: enter, result };
console.log(JSON.stringify(await acts[act as keyof typeof acts](site, key, last)));
