import { headless, type Platform } from "../../client/platform.ts";

/** The client's platform in a tab. `hiddenAfter`: shorter absences do not count, milliseconds; `never`: a hidden tab reads on. */
export const browser = (hiddenAfter: number | "never"): Platform => ({
  ...headless,
  network: () => (navigator.onLine ? "online" : "offline"),
  watchReader(onChange) {
    let hiding: number | undefined;
    const seen = (): void => {
      clearTimeout(hiding);
      if (hiddenAfter === "never") return;
      if (!document.hidden) onChange("visible");
      else if (hiddenAfter === 0) onChange("hidden");
      else hiding = setTimeout(() => onChange("hidden"), hiddenAfter);
    };
    const online = (): void => onChange("online");
    document.addEventListener("visibilitychange", seen);
    window.addEventListener("online", online);
    return () => {
      clearTimeout(hiding);
      document.removeEventListener("visibilitychange", seen);
      window.removeEventListener("online", online);
    };
  },
});
