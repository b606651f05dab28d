import Catalog
import RouteGridBase
import Testing

struct RouterCatalogTests {
    @Test func `kinds and parameter names are each there once`() {
        let kinds = RouterCatalog.descriptors.map(\.kind)
        #expect(Set(kinds).count == kinds.count)
        for descriptor in RouterCatalog.descriptors {
            let names = descriptor.parameters.map(\.name)
            #expect(Set(names).count == names.count)
            #expect(!names.contains("kind") && !names.contains("revision"))
        }
    }

    @Test(arguments: RouterCatalog.descriptors.map(\.kind))
    func `every default is in its own range and the configuration reads back`(kind: String) throws {
        let descriptor = try RouterCatalog.descriptor(of: kind)
        var given: [String: JSONValue] = [:]
        for parameter in descriptor.parameters where parameter.defaultValue == nil { given[parameter.name] = "x" }
        let configuration = try RouterCatalog.configure(kind: kind, parameters: given)
        #expect(Set(configuration.parameters.keys) == Set(descriptor.parameters.map(\.name)))
        let bytes = configuration.json(revision: descriptor.revision).canonicalBytes()
        #expect(try RouterConfiguration(json: JSONValue(parsing: bytes, place: "router")) == configuration)
    }

    @Test(arguments: FusionCatalog.descriptors.map(\.kind))
    func `every fusion reads back`(kind: String) throws {
        let configuration = try FusionCatalog.configure(kind: kind)
        let bytes = configuration.json(revision: try FusionCatalog.descriptor(of: kind).revision).canonicalBytes()
        #expect(try FusionConfiguration(json: JSONValue(parsing: bytes, place: "fusion")) == configuration)
    }

    @Test func `values are typed by the parameter, however they are written`() throws {
        let texts = try RouterCatalog.configure(kind: "knn", parameters: ["k": "5"])
        let numbers = try RouterCatalog.configure(kind: "knn", parameters: ["k": 5.0, "metric": "cosine"])
        #expect(texts == numbers)
        #expect(texts.integer("k") == 5 && texts.choice("metric") == "cosine" && texts.number("l2") == nil)
        let ridge = try RouterCatalog.configure(kind: "linear", parameters: ["l2": "1e-1"])
        #expect(try ridge == RouterCatalog.configure(kind: "linear", parameters: ["l2": 0.1]))
        #expect(ridge.parameters["l2"] == .double(0.1))
        #expect(try RouterCatalog.configure(kind: "linear", parameters: ["l2": "-0"]).parameters["l2"] == .double(0))
    }

    @Test(
        arguments: [
            ("knm", [:], "router: unknown router \"knm\"; did you mean \"knn\"?"),
            ("knn", ["neighbours": 5], "router: router knn has no parameter \"neighbours\"; known: k, metric"),
            ("knn", ["k": 0], "router.k: expected an integer from 1 to 1000000, found 0"),
            ("knn", ["k": 1.5], "router.k: expected an integer from 1 to 1000000, found 1.5"),
            ("knn", ["k": [5]], "router.k: expected an integer from 1 to 1000000, found [5]"),
            ("knn", ["metric": "l2"], "router.metric: expected one of cosine, euclidean, found \"l2\""),
            ("linear", ["l2": "inf"], "router.l2: expected a number of at least 0, found \"inf\""),
            ("fixed", [:], "router: router fixed needs \"model\": a non-empty text"),
            ("fixed", ["model": ""], "router.model: expected a non-empty text, found \"\""),
        ] as [(String, [String: JSONValue], String)]
    )
    func `what is wrong is reported in one line`(kind: String, parameters: [String: JSONValue], message: String) {
        #expect {
            try RouterCatalog.configure(kind: kind, parameters: parameters)
        } throws: {
            "\($0)" == message
        }
    }

    @Test func `labels keep an infinite lambda`() throws {
        let label = LabelConfiguration(lambda: .infinity, scale: 100)
        #expect(label.json.canonicalText == #"{"lambda":"inf","rule":"exp","scale":100}"#)
        #expect(try LabelConfiguration(json: JSONValue(parsing: label.json.canonicalBytes(), place: "x")) == label)
    }

    @Test func `what reads labels offers the soft-label rule, and only embeddings are read apart`() {
        for descriptor in RouterCatalog.descriptors {
            if descriptor.reads.contains(.labels) { #expect(descriptor.rules.contains(.softLabel)) }
            if descriptor.reads.contains(.separateModalities) { #expect(descriptor.reads.contains(.embeddings)) }
            #expect(!descriptor.rules.isEmpty && descriptor.revision > 0)
        }
    }

    @Test(arguments: RouterCatalog.descriptors)
    func `an entry of the list names its source and describes every parameter`(router: RouterDescriptor) throws {
        let entry = router.json
        #expect(entry["name"]?.stringValue == router.kind)
        #expect(entry["source"]?.stringValue?.isEmpty == false && entry["summary"]?.stringValue?.isEmpty == false)
        let parameters = try #require(entry["parameters"]?.arrayValue)
        #expect(parameters.compactMap { $0["name"]?.stringValue } == router.parameters.map(\.name))
        for (json, parameter) in zip(parameters, router.parameters) {
            guard let value = parameter.defaultValue?.numberValue, let range = json["range"]?.arrayValue else {
                continue
            }
            #expect(range.count == 2 && (range[0].numberValue ?? .infinity) <= value)
            #expect(value <= range[1].numberValue ?? .infinity)
        }
    }

    @Test func `a range has no end where any larger value is taken`() throws {
        let rate = try #require(RouterCatalog.descriptor(of: "mlp").parameters.first { $0.name == "lr" })
        #expect(rate.json["range"] == [.double(0), .null])
        let metric = try #require(RouterCatalog.descriptor(of: "knn").parameters.first { $0.name == "metric" })
        #expect(metric.json["range"] == ["cosine", "euclidean"] && metric.json["type"] == "choice")
    }
}
