import type { Choices } from "@onstage/client";
import { useId } from "react";
import { useSession } from "../hooks/SessionContext.js";
import { CheckField } from "../ui/CheckField.js";
import { IconButton } from "../ui/IconButton.js";
import { ChoiceList } from "./ChoiceList.js";
import { formatBitrate } from "./formatBitrate.js";

interface Props {
  readonly choices: Choices;
  readonly hasStats: boolean;
  readonly onStats: (isShown: boolean) => void;
}

/** What a viewer may choose: quality, captions, latency, and figures for who looks for a fault. */
export function PlayerMenu({ choices, hasStats, onStats }: Props) {
  const id = useId();
  return (
    <span className="menu" style={{ "--anchor": `--${id.replaceAll(/[^\w-]/gu, "")}` }}>
      <IconButton
        icon="settings"
        label="Settings of the player"
        popoverTarget={id}
        data-testid="player-menu"
      />
      <div className="menu-list player-menu" id={id} popover="auto">
        <QualityChoice choices={choices} />
        <CaptionsChoice choices={choices} />
        <LatencyChoice choices={choices} />
        <CheckField label="Show figures" isOn={hasStats} onChange={onStats} />
      </div>
    </span>
  );
}

function QualityChoice({ choices: { qualities, chosenHeight, height } }: { choices: Choices }) {
  const { player } = useSession();
  if (qualities.length < 2) {
    return null;
  }
  const auto = {
    value: null,
    label: "Automatic",
    ...(height !== null && { note: `${String(height)}p now` }),
  };
  const each = qualities.map((one) => ({
    value: one.height,
    label: `${String(one.height)}p`,
    note: formatBitrate(one.bitrateBps),
  }));
  return (
    <ChoiceList<number | null>
      legend="Quality"
      options={[auto, ...each]}
      chosen={chosenHeight}
      onChoose={(value) => player.choose({ height: value })}
    />
  );
}

function CaptionsChoice({ choices: { captions, captionLanguage } }: { choices: Choices }) {
  const { player } = useSession();
  if (captions.length === 0) {
    return null;
  }
  const each = captions.map(({ language, name }) => ({ value: language, label: name }));
  return (
    <ChoiceList<string | null>
      legend="Captions"
      options={[{ value: null, label: "Off" }, ...each]}
      chosen={captionLanguage}
      onChoose={(value) => player.choose({ captionLanguage: value })}
    />
  );
}

function LatencyChoice({ choices: { hasLatencyChoice, isLowLatency } }: { choices: Choices }) {
  const { player } = useSession();
  return (
    hasLatencyChoice && (
      <CheckField
        label="As live as can be"
        isOn={isLowLatency}
        onChange={(isOn) => player.choose({ isLowLatency: isOn })}
      />
    )
  );
}
