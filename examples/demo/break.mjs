// Placeholder
export function unsynchronised(h) {
  return () => h.observe(0.25);
}
