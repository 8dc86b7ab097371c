import type { RefObject } from "react";
import { IconButton } from "../ui/IconButton.js";

/** The show in a small window above all others, where the browser has such. */
export function PictureInPictureButton({ video }: { video: RefObject<HTMLVideoElement | null> }) {
  if (!document.pictureInPictureEnabled) {
    return null;
  }
  const toggle = async (): Promise<void> => {
    if (document.pictureInPictureElement) {
      await document.exitPictureInPicture();
    } else {
      await video.current?.requestPictureInPicture();
    }
  };
  // Refused before there is a picture; the show goes on all the same.
  return (
    <IconButton
      icon="picture_in_picture"
      label="Picture in picture"
      onClick={() => void toggle().catch(() => undefined)}
    />
  );
}
