import type { ParticipantView, PollView, VoteView } from "@onstage/client";

/** Whether the poll takes my vote now. */
export function canVote(poll: PollView, me: ParticipantView): boolean {
  const isMine = poll.vote_roles === null || poll.vote_roles.includes(me.role);
  return poll.status === "started" && isMine && me.permissions.includes("poll.vote");
}

/** The questions, by index, that I have not answered: each can be answered once. */
export function openQuestions(poll: PollView, vote: VoteView | undefined): number[] {
  const answered = new Set(vote?.answers.map(({ question }) => question));
  return poll.questions.flatMap((_, place) => (answered.has(place) ? [] : [place]));
}
