import { useCallback, useEffect, useRef, type RefObject } from "react";

/** Nearer to the end than this counts as reading along. */
const NEAR_PX = 80;

interface Reading {
  readonly list: RefObject<HTMLOListElement | null>;
  readonly onScroll: () => void;
}

/**
 * Keeps a list at its end for whoever reads along, as `newest` changes and as the list gets shorter; who has scrolled
 * up stays where they are.
 */
export function useReadingAlong(newest: string | undefined): Reading {
  const list = useRef<HTMLOListElement>(null);
  const isFollowing = useRef(true);
  const follow = useCallback(() => {
    if (isFollowing.current) {
      list.current?.scrollTo({ top: list.current.scrollHeight });
    }
  }, []);
  useEffect(follow, [follow, newest]);
  useEffect(() => {
    const observer = new ResizeObserver(follow);
    if (list.current) {
      observer.observe(list.current);
    }
    return () => observer.disconnect();
  }, [follow]);
  const onScroll = useCallback(() => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = list.current ?? {};
    isFollowing.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }, []);
  return { list, onScroll };
}
