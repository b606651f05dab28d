import RouterCatalog
import RoutingCore
import Testing

struct MetricDescriptorTests {
    @Test func `the catalog describes every metric of a record, in their order`() {
        #expect(MetricDescriptor.all.map(\.name) == CurveMetric.allCases.map(\.rawValue))
    }
}
