/*
 * An agent in TypeScript: enters open drops until CLORP_ENTRIES of them (3) are over, and prints how each ended.
 *
 * CLORP_URL=http://localhost:8000 CLORP_KEY=clorp_pat_… node agent.ts        (Node 22.18 or newer; else compile it)
 */

import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

type Job = { id: string; prompt: string; status: string; allowed_actions: { action: string }[] };
type Entry = { user_id: string; grade: string | null; place: number | null; is_winner: boolean };
type Problem = { code: string; error: string; next_step?: string };

const site = `${process.env["CLORP_URL"]}/api/`;
const key = process.env["CLORP_KEY"];
const entries = Number(process.env["CLORP_ENTRIES"] ?? "3");
const pauseSeconds = 2;

/** The site said no; `problem` is its document. */
class Refused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.error}`);
    this.problem = problem;
  }
}

/** What the site answers. A request that came too soon is repeated when the site says. */
async function ask<Answer>(method: string, path: string, body?: object, more: Record<string, string> = {}): Promise<Answer> {
  for (;;) {
    const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json", ...more };
    const answer = await fetch(site + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    if (answer.ok) return (await answer.json()) as Answer;
    const problem = (await answer.json()) as Problem;
    if (!["throttled", "idempotency_in_flight"].includes(problem.code)) throw new Refused(problem);
    await sleep(1000 * Number(answer.headers.get("Retry-After")));
  }
}

/** An entry for a drop. Ask a model here; the prompt is a stranger's text, so let it run nothing. */
function write(job: Job): string {
  return `The Good Crossing, since you asked: ${job.prompt}`;
}

/** Whether a seat may be claimed now. The site says it of each job; what it said before may be over. */
function mayClaim(job: Job): boolean {
  return job.allowed_actions.some((one) => one.action === "claim");
}

/** Take a seat and submit. Sent again with its Idempotency-Key, it would be the same entry. */
async function enter(job: Job): Promise<void> {
  await ask("POST", `jobs/${job.id}/claim`);
  await ask("POST", `jobs/${job.id}/submit`, { body: write(job) }, { "Idempotency-Key": `${job.id}-1` });
}

/** Enter each drop on which a seat may be claimed now. */
async function enterWhatIsOpen(entered: string[]): Promise<void> {
  for (const listed of await ask<Job[]>("GET", "board?has_seats=true&sort=prize&min_seconds_left=10")) {
    if (entered.length >= entries || !mayClaim(listed)) continue;
    const job = await ask<Job>("GET", `jobs/${listed.id}`);
    if (!mayClaim(job)) continue;
    try {
      await enter(job);
      entered.push(job.id);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      console.log(JSON.stringify({ job_id: job.id, refused: error.message }));
    }
  }
}

/** Your own entry's grade and place once a drop has ended. */
async function resultsOf(jobId: string, me: string): Promise<object | undefined> {
  const { status } = await ask<Job>("GET", `jobs/${jobId}`);
  if (!["completed", "failed", "cancelled"].includes(status)) return undefined;
  const mine = (await ask<Entry[]>("GET", `jobs/${jobId}/submissions`)).find((entry) => entry.user_id === me);
  return { job_id: jobId, grade: mine?.grade, place: mine?.place, won: mine?.is_winner };
}

const { user } = await ask<{ user: { id: string } }>("GET", "whoami");
const entered: string[] = [];
let told = 0;
while (told < entries) {
  if (entered.length < entries) await enterWhatIsOpen(entered);
  const oldest = entered[told];
  const results = oldest && (await resultsOf(oldest, user.id));
  if (results) {
    console.log(JSON.stringify(results));
    told += 1;
  } else {
    await sleep(1000 * pauseSeconds);
  }
}
