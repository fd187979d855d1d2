import type { OfferView } from "../../engine/types";
import { t, type MessageKey } from "../../i18n/index.svelte";

/** Why nobody can take it any more, or null while the offer is open. */
export function closedWords(offer: OfferView, sender: string): string | null {
  if (offer.state === "open") return null;
  if (offer.state === "withdrawn" && offer.own) return t("offer.closed.withdrawn.mine");
  return t(`offer.closed.${offer.state}`, { name: sender });
}

const STATE_WORDS = {
  accepted: "offer.state.accepted",
  receiving: "offer.state.receiving",
  received: "offer.state.received",
  declined: "offer.state.declined",
  failed: "offer.state.failed",
  gone: "offer.state.gone",
} satisfies Record<Exclude<NonNullable<OfferView["mine"]>, "pending">, MessageKey>;

/** Where a receiver is, in words; null while they have not answered. */
export function stateWords(offer: OfferView): string | null {
  return !offer.mine || offer.mine === "pending" ? null : t(STATE_WORDS[offer.mine]);
}

/** What a finished state looks like. */
export function toneOf(offer: OfferView): "ok" | "problem" | "quiet" {
  if (offer.mine === "received") return "ok";
  return offer.mine === "failed" ? "problem" : "quiet";
}
