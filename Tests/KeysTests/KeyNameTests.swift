import Keys
import RouteGridBase
import Testing
import ZeroMQ

@Suite struct KeyNameTests {
    @Test(arguments: ["w", "w1", "gpu-node-17.example.org", "Nightly_2", "0", String(repeating: "x", count: 63)])
    func `names of hosts and pods name keys`(text: String) throws {
        #expect(try KeyName(text).text == text)
    }

    @Test(arguments: [
        "", ".", "..", ".hidden", "-rf", "_", "a/b", "../x", "a b", "a\n", "ä", "a\u{0}", "a\u{202E}", "a:b", "a;b",
        "$(x)",
        String(repeating: "x", count: 64),
    ])
    func `other texts do not`(text: String) {
        let error = #expect(throws: RouteGridError.self) { try KeyName(text) }
        #expect(error?.code == .usage)
        #expect(error?.message.unicodeScalars.allSatisfy { !SafeText.isHidden($0) } == true)
    }

    @Test func `a fingerprint is the beginning of the SHA-256 of the raw key, in groups`() throws {
        let key = try #require(PublicKey(bytes: [UInt8](repeating: 0, count: 32)))
        #expect(key.fingerprint.hex == "66687aadf862bd77")
        #expect(key.fingerprint.description == "6668 7aad f862 bd77")
    }

    @Test func `every act has a role and no role has all`() {
        for act in Act.allCases { #expect(!Permissions.roles(for: act).isEmpty, "\(act)") }
        func acts(_ role: Role) -> Set<Act> { Set(Act.allCases.filter { Permissions.allow(role, $0) }) }
        #expect(acts(.worker) == [.greetAsWorker, .converse, .work, .fetch, .store])
        #expect(acts(.reader) == [.greetAsClient, .greetAsFollower, .converse, .fetch, .ask, .follow])
        #expect(acts(.admin) == acts(.client).union([.administer]))
        #expect(acts(.client).isDisjoint(with: [.greetAsWorker, .work, .administer]))
    }
}
