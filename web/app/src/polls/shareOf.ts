/** The part of those who answered, 0 to 1. Of several choices the parts add up to more than one. */
export function shareOf(votes: number, answers: number): number {
  return answers === 0 ? 0 : votes / answers;
}
