import RouteGridBase
import Testing

struct NearestNameTests {
    private static let known = ["routers", "datasets", "budgets", "seeds", "fusion"]

    @Test(arguments: [
        ("rooters", "routers"), ("router", "routers"), ("Datasets", "datasets"), ("dataset", "datasets"),
        ("budegts", "budgets"), ("seed", "seeds"), ("fusoin", "fusion"),
    ])
    func `a slip finds its name`(slip: String, name: String) {
        #expect(NearestName.of(slip, in: Self.known) == name)
        #expect(NearestName.hint(slip, in: Self.known) == "; did you mean \"\(name)\"?")
    }

    @Test func `nothing near lists what is known`() {
        #expect(NearestName.of("prices", in: Self.known) == nil)
        #expect(NearestName.hint("x", in: ["alpha", "beta"]) == "; known: alpha, beta")
        #expect(NearestName.of("x", in: [String]()) == nil)
    }
}
