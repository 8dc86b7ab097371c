import { callServer } from "./callServer.js";

interface CodeView {
  readonly role: string;
  readonly url: string;
}

/** The room's link for `role`: the one there is, else a new one. */
export async function roomLink(
  server: string,
  roomId: string,
  role: string,
  token: string,
  signal?: AbortSignal,
): Promise<string> {
  const url = new URL(`/v1/rooms/${roomId}/codes`, server);
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const init = { headers, signal: signal ?? null };
  const { data } = await callServer<{ data: CodeView[] }>(url, init);
  const known = data.find((code) => code.role === role);
  const code =
    known ?? (await callServer<CodeView>(url, { ...init, method: "POST", body: JSON.stringify({ role }) }));
  return code.url;
}
