import type { RequestOptions } from "./options.js";
import type { CodeView } from "./protocol.js";
import type { Page, RoomApi } from "./RoomApi.js";

/** The room's link for `role`: the one there is, else a new one. */
export async function roomLink(api: RoomApi, role: string, options?: RequestOptions): Promise<string> {
  const { data } = await api.get<Page<CodeView>>("/codes", {}, options);
  const known = data.find((code) => code.role === role);
  return (known ?? (await api.post<CodeView>("/codes", { role }, options))).url;
}
