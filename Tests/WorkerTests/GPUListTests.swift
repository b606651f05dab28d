import Foundation
import RouteGridBase
import TestSupport
import Testing

@testable import Worker

struct GPUListTests {
    @Test(
        arguments: [
            ("0", []), ("3", ["0", "1", "2"]), ("0,2", ["0", "2"]), ("3,", ["3"]),
            ("GPU-8f1a-b2,1", ["GPU-8f1a-b2", "1"]),
        ] as [(String, [String])]
    )
    func `a number is how many, and a list is which`(text: String, names: [String]) throws {
        let list = try GPUList(parsing: text)
        #expect(list.names == names)
        // What is passed to a worker means the same there.
        #expect(try GPUList(parsing: list.text) == list)
    }

    @Test(arguments: ["", "-1", ",", "1,1", "a b", "0,-1", "99999", "x=y"])
    func `anything else is refused`(text: String) {
        #expect(throws: RouteGridError.self) { try GPUList(parsing: text) }
    }

    @Test func `by default they are those that CUDA sees, else those with a device file`() throws {
        let folder = try TemporaryFolder()
        for name in ["nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm", "null"] { try folder.write("", to: name) }
        func found(_ environment: [String: String]) -> [String] {
            GPUList.ofThisMachine(environment: environment, devices: folder.path).names
        }
        #expect(found([:]) == ["0", "1"])
        #expect(found(["CUDA_VISIBLE_DEVICES": ""]).isEmpty)
        #expect(found(["CUDA_VISIBLE_DEVICES": "3, 1,-1,0"]) == ["3", "1"])
        #expect(GPUList.ofThisMachine(environment: [:], devices: folder.path("absent")).names.isEmpty)
    }

    @Test func `workers of one machine share its gpus, each of them once`() {
        let list = GPUList(["a", "b", "c"])
        #expect((0..<2).map { list.part($0, of: 2).names } == [["a", "c"], ["b"]])
        #expect(list.part(3, of: 4).names.isEmpty)
    }
}
