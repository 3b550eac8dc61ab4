// A photo on its way: made smaller before it is sent, kept over a reload, and shown meanwhile.

const longestSide = 2000;  // px; more shows nothing more of a face
const small = 1024 * 1024;  // bytes

// On a weak line a large picture takes minutes. One that is small already, or that this browser cannot
// read (HEIC, mostly), stays as it is.
export async function smaller(file) {
  if (file.size <= small) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, longestSide / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const pen = canvas.getContext('2d');
    pen.fillStyle = '#ffffff';  // behind what can be seen through, which a JPEG has not
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const made = await new Promise((done) => { canvas.toBlob(done, 'image/jpeg', 0.85); });
    if (!made || made.size >= file.size) return file;
    return new File([made], `${file.name.replace(/\.\w+$/, '')}.jpg`, { type: 'image/jpeg' });
  } catch {
    return file;
  }
}

// ---- over a reload

function database(mode, work) {
  return new Promise((done, failed) => {
    const opening = indexedDB.open('dugout.chat', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('photos');
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('photos', mode);
      const asked = work(transaction.objectStore('photos'));
      transaction.oncomplete = () => { opening.result.close(); done(asked.result); };
      transaction.onabort = () => { opening.result.close(); failed(transaction.error); };
    };
  });
}

const held = new Map();  // message id -> file, also where there is no database

export async function keepPhoto(id, file) {
  held.set(id, file);
  try {
    await database('readwrite', (store) => store.put(file, id));
  } catch {
    // Then a reload has to ask for it again.
  }
}

export async function photo(id) {
  if (held.has(id)) return held.get(id);
  try {
    return await database('readonly', (store) => store.get(id));
  } catch {
    return undefined;
  }
}

export async function dropPhotos() {
  held.clear();
  try {
    await database('readwrite', (store) => store.clear());
  } catch {
    // Nothing was kept.
  }
}

// ---- shown: message id -> address of a picture, which holds the file until it is given back

const addresses = new Map();

export const previews = {
  get: (id) => addresses.get(id),
  set(id, file) { addresses.set(id, URL.createObjectURL(file)); },
  clear() {
    for (const address of addresses.values()) URL.revokeObjectURL(address);
    addresses.clear();
  },
};
