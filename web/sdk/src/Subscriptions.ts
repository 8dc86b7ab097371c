import type { SnapshotView } from "./protocol.js";

/** The part of a remote track's publication that is steered. */
export interface SteeredPublication {
  setSubscribed(isSubscribed: boolean): void;
}

/** Somebody's publications, as livekit-client has them. */
export interface Publisher {
  readonly identity: string;
  readonly trackPublications: ReadonlyMap<string, SteeredPublication>;
}

/**
 * Whose tracks are taken: those of the roles in `subscribe_to`. The engine knows no roles, so that the client does
 * the choosing.
 */
export class Subscriptions {
  #roles: ReadonlyMap<string, string> = new Map();
  #wanted: ReadonlySet<string> | null = null;
  #isAutomatic = true;
  #decided = new WeakMap<SteeredPublication, boolean>();

  /** Whether the engine may send everything by itself. Asked for at the beginning of a connection. */
  begin(): boolean {
    this.#isAutomatic = this.#wanted === null;
    return this.#isAutomatic;
  }

  /** Who has which role, and whose tracks I get. */
  follow({ me, participants }: Pick<SnapshotView, "me" | "participants">): void {
    this.#roles = new Map(participants.map(({ identity, role }) => [identity, role]));
    this.#wanted = me.subscribe_to === null ? null : new Set(me.subscribe_to);
  }

  /** Takes what is wanted of these people's tracks, and gives up the rest. */
  apply(publishers: Iterable<Publisher>): void {
    for (const { identity, trackPublications } of publishers) {
      const isWanted = this.#wants(identity);
      for (const publication of trackPublications.values()) {
        if ((this.#decided.get(publication) ?? this.#isAutomatic) !== isWanted) {
          publication.setSubscribed(isWanted);
        }
        this.#decided.set(publication, isWanted);
      }
    }
  }

  #wants(identity: string): boolean {
    return this.#wanted === null || this.#wanted.has(this.#roles.get(identity) ?? "");
  }
}
