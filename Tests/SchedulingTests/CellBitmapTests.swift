import RouteGridBase
import Scheduling
import Testing

struct CellBitmapTests {
    @Test(arguments: 0..<20)
    func `a bitmap is the set of the cells that were inserted`(seed: Int) {
        var random = Xoshiro256(seed: HashedText.digest(["bitmap", String(seed)]))
        let span = [200, 70_000, 400_000][seed % 3]
        var bitmap = CellBitmap()
        var model: Set<CellID> = []
        for _ in 0..<2_000 {
            let cell = CellID(random.below(span))
            let isNew = bitmap.insert(cell)
            let isNewToo = model.insert(cell).inserted
            #expect(isNew == isNewToo)
        }
        #expect(bitmap.count == model.count)
        for _ in 0..<2_000 {
            let cell = CellID(random.below(span))
            #expect(bitmap.contains(cell) == model.contains(cell))
            let range = cell..<min(CellID(span), cell.advanced(by: random.below(4)))
            #expect(bitmap.contains(all: range) == range.allSatisfy(model.contains))
        }
        for _ in 0..<500 {
            let cell = CellID(random.below(span))
            let wasThere = bitmap.remove(cell)
            let wasThereToo = model.remove(cell) != nil
            #expect(wasThere == wasThereToo)
        }
        #expect(bitmap.count == model.count)
        var copy = CellBitmap()
        for number in bitmap.blockNumbers { copy.load(block: number, bytes: bitmap.bytes(ofBlock: number)) }
        #expect(copy.count == model.count)
        #expect(model.allSatisfy(copy.contains))
    }

    @Test func `a full block is a word and still a set`() {
        let size = CellBitmap.blockSize
        var bitmap = CellBitmap()
        for cell in 0..<CellID(size) { bitmap.insert(cell) }
        let isNew = bitmap.insert(17)
        #expect(!isNew)
        #expect(bitmap.contains(all: 0..<CellID(size)))
        #expect(!bitmap.contains(all: 0..<CellID(size + 1)))
        #expect(bitmap.count == size)
        #expect(bitmap.bytes(ofBlock: 0).allSatisfy { $0 == 0xFF })
        bitmap.load(block: 0, bytes: [1])
        #expect(bitmap.count == 1)
        #expect(bitmap.contains(0))
        #expect(!bitmap.contains(1))
        bitmap.load(block: 0, bytes: Array(repeating: 0, count: size / 8))
        #expect(bitmap.blockNumbers.isEmpty)
    }

    @Test func `a block's bytes are little-endian bits`() {
        var bitmap = CellBitmap()
        for cell in [0, 9, CellID(CellBitmap.blockSize + 63)] { bitmap.insert(cell) }
        #expect(bitmap.bytes(ofBlock: 0).prefix(3) == [1, 2, 0])
        #expect(bitmap.bytes(ofBlock: 1)[7] == 0x80)
        #expect(bitmap.blockNumbers == [0, 1])
    }
}
