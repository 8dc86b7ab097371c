import type { GatewayClient } from "./GatewayClient.js";
import { OnstageError } from "./OnstageError.js";

/** Opens the gateway, and resolves once the state is known. @throws OnstageError why it never is */
export function welcomed(gateway: GatewayClient, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => gateway.close();
    signal?.addEventListener("abort", giveUp);
    const offs = [
      gateway.on("snapshot", () => finish(resolve)),
      gateway.on("closed", (error) => finish(() => reject(error ?? OnstageError.client("aborted")))),
    ];
    const finish = (settle: () => void): void => {
      offs.forEach((off) => off());
      signal?.removeEventListener("abort", giveUp);
      settle();
    };
    gateway.open();
  });
}
