import { OnstageError } from "./OnstageError.js";

/**
 * One REST call: JSON in, JSON out.
 *
 * @throws OnstageError the server's refusal, `server_unreachable`, or `aborted`
 */
export async function callServer<Reply>(url: URL, init: RequestInit): Promise<Reply> {
  try {
    // Callers prove themselves by what they send; a browser that has nothing to add asks for no password at a 401.
    const response = await fetch(url, { ...init, credentials: "omit" });
    if (!response.ok) {
      throw await OnstageError.response(response);
    }
    return (await response.json()) as Reply;
  } catch (error) {
    throw OnstageError.from(error, "server_unreachable");
  }
}
