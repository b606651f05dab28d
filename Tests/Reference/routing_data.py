"""Makes Tests/RoutingDataTests/Golden/{npy,safetensors}: what numpy and safetensors write.

Run with Python 3.11, numpy 2.4.6, safetensors 0.8.0:  python3 Tests/Reference/routing_data.py
Also prints the permutations and digests that the tests hold as literals.
"""
import hashlib
import os
import struct

import numpy as np
from safetensors.numpy import save_file

golden = os.path.join(os.path.dirname(__file__), "..", "RoutingDataTests", "Golden")
os.makedirs(f"{golden}/npy", exist_ok=True)
os.makedirs(f"{golden}/safetensors", exist_ok=True)

grid = np.arange(6).reshape(2, 3)
for dtype in ["f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4"]:
    np.save(f"{golden}/npy/{dtype}.npy", grid.astype(dtype))
np.save(f"{golden}/npy/bool.npy", grid % 2 == 1)
np.save(f"{golden}/npy/fortran.npy", np.asfortranarray(grid.astype("f8")))
np.save(f"{golden}/npy/vector.npy", np.array([1.5, 2.5]))
np.save(f"{golden}/npy/big-endian.npy", grid.astype(">f4"))
np.save(f"{golden}/npy/half.npy", grid.astype("f2"))
np.save(f"{golden}/npy/objects.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
np.savez(f"{golden}/npy/stored.npz", Y=grid.astype("i1"), other=np.array([1.5]))
np.savez_compressed(f"{golden}/npy/deflated.npz", Y=(np.arange(5000) % 7).reshape(500, 10).astype("i1"))
state, noise = 12345, []
for _ in range(6000):
    state = (state * 1664525 + 1013904223) % 2**32
    noise.append((state >> 24) % 37)
np.savez_compressed(f"{golden}/npy/random.npz", Y=np.array(noise, dtype="u1").reshape(300, 20))

save_file(
    {"quality": np.array([[1.0, np.nan], [0.5, 0.0]]), "text.default": np.array([[1, 2, 3], [4, 5, 6]], dtype="f4")},
    f"{golden}/safetensors/peer.safetensors",
    metadata={"made": "by a peer"},
)

for seed, count in [(0, 10), (1, 10), (42, 13), (4294967295, 9), (12345, 20)]:
    print(seed, np.random.RandomState(seed).permutation(count).tolist())
np.random.seed(42)
rows = list(range(30540))
np.random.shuffle(rows)
print(hashlib.sha256(",".join(map(str, rows)).encode()).hexdigest(), int(30540 * 0.7), int(30540 * 0.1))


def blob(values, dtype):
    array = np.array(values, dtype="<f8" if dtype == "F64" else "<f4")
    return dtype.encode() + struct.pack("<QQ", *array.shape) + array.tobytes()


def order(seed, index, names):
    def key(name):
        parts = ["routegrid/split/1", str(seed), str(index), name]
        return hashlib.sha256(b"".join(part.encode() + b"\0" for part in parts)).digest()

    return sorted(range(len(names)), key=lambda row: key(names[row]))


for dtype in ["F64", "F32"]:
    print(dtype, hashlib.sha256(blob([[1.5, -2], [float("nan"), 0]], dtype)).hexdigest())
print("empty", hashlib.sha256(blob(np.zeros((0, 3)), "F64")).hexdigest())
for index in range(2):
    print("order", order(1, index, [f"s{row}" for row in range(10)]))
