/** What the window shows: the launcher, or the room that was chosen in it. */
import { mount } from "svelte";
import type { KeyStore } from "../engine/keystore";
import { createNativeEngine } from "../engine/engine.svelte";
import { loadPreferences } from "../views/preferences.svelte";
import Launcher from "./Launcher.svelte";
import { Native, takeKey } from "./native";
import Window from "./Window.svelte";

export async function openWindow(target: HTMLElement, session: KeyStore): Promise<void> {
  const native = await Native.open(await takeKey(location, history, session));
  const store = native.store();
  loadPreferences(store);
  const room = native.state.target;
  if (room) mount(Window, { target, props: { native, engine: createNativeEngine(native, room, store) } });
  else mount(Launcher, { target, props: { native, store } });
}
