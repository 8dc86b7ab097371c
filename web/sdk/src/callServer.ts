import { OnstageError } from "./OnstageError.js";

/**
 * One REST call: JSON in, JSON out.
 *
 * @throws OnstageError the server's refusal, `server_unreachable`, or `aborted`
 */
export async function callServer<Reply>(url: URL, init: RequestInit): Promise<Reply> {
  try {
    const response = await fetch(url, init);
    if (!response.ok) {
      throw await OnstageError.response(response);
    }
    return (await response.json()) as Reply;
  } catch (error) {
    throw OnstageError.from(error, "server_unreachable");
  }
}
