import RoutingData
import Testing

struct HashedTermsTests {
    @Test func `like texts are near, rows have length 1, a text without words is zero`() {
        let texts = ["How many cats are there?", "how many CATS are there", "Prove the theorem of Fermat.", "…!"]
        let found = HashedTerms.embeddings(texts, width: 256)
        func product(_ a: Int, _ b: Int) -> Float { zip(found.row(a), found.row(b)).reduce(0) { $0 + $1.0 * $1.1 } }
        #expect(abs(product(0, 1) - 1) < 1e-5 && abs(product(0, 2)) < 0.3 && abs(product(2, 2) - 1) < 1e-5)
        #expect(found.row(3).allSatisfy { $0 == 0 })
    }

    @Test func `an embedding depends on its own text alone, and is the same everywhere`() {
        let alone = HashedTerms.embeddings(["one two two"], width: 16)
        #expect(HashedTerms.embeddings(["three", "one two two"], width: 16).row(1).elementsEqual(alone.row(0)))
        // Counts 1, 2 for the words and 1, 1 for the pairs: the shortest form of what the first build gave.
        let weights = alone.elements.filter { $0 != 0 }
        #expect(weights.count <= 4 && abs(weights.reduce(0) { $0 + $1 * $1 } - 1) < 1e-6)
    }
}
