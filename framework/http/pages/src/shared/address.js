// What stands behind the # of the address, in its parts: "#sessions/1f2e" -> ['sessions', '1f2e']. One
// that was cut in the middle of a %20 is taken as it is.
export function addressParts() {
  return location.hash.slice(1).split('/').map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
}
