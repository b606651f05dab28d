import Foundation
import RouteGridBase

/// A record's line: in memory, or where it stands in its file.
enum KeptLine: Sendable {
    case bytes([UInt8])
    case range(Range<Int>, of: MappedFile)

    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch self {
        case .bytes(let bytes):
            let found: Swift.Result<Result, Failure> = bytes.withUnsafeBytes { bytes in
                do throws(Failure) { return .success(try body(bytes)) } catch { return .failure(error) }
            }
            return try found.get()
        case .range(let range, let file): return try body(UnsafeRawBufferPointer(rebasing: file.bytes[range]))
        }
    }

    func lexicographicallyPrecedes(_ other: KeptLine) -> Bool {
        withBytes { own in other.withBytes { own.lexicographicallyPrecedes($0) } }
    }
}

extension [UInt8] {
    /// Appends a part of some bytes in one go: as a sequence they are taken byte by byte.
    mutating func append(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[range]).assumingMemoryBound(to: UInt8.self))
    }
}

/// A file as memory: of large ones only the pages that are looked at are held.
final class MappedFile: @unchecked Sendable {
    // Mapped for reading alone; nobody writes through it.
    let bytes: UnsafeRawBufferPointer

    /// - Throws: `badInput` when the file cannot be read.
    init(_ path: String) throws(RouteGridError) {
        func failure() -> RouteGridError { .badInput(path, "cannot be read: \(String(cString: strerror(errno)))") }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure() }
        defer { close(file) }
        var info = stat()
        guard fstat(file, &info) == 0 else { throw failure() }
        guard info.st_size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let count = Int(info.st_size)
        guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
            throw failure()
        }
        bytes = UnsafeRawBufferPointer(start: start, count: count)
    }

    deinit {
        guard let start = bytes.baseAddress else { return }
        munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }

    /// Gives the memory of the file's beginning back; what is read of it again comes from the file.
    ///
    /// - Parameter end: Where the part ends that is not needed now.
    func release(upTo end: Int) {
        let whole = end / Int(getpagesize()) * Int(getpagesize())
        guard whole > 0, let start = bytes.baseAddress else { return }
        madvise(UnsafeMutableRawPointer(mutating: start), whole, MADV_DONTNEED)
    }
}
