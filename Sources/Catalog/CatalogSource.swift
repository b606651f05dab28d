/// Where what the catalog names was defined: papers by arXiv number, and their released code.
enum CatalogSource {
    static let mmrBench = "MMR-Bench, arXiv 2601.17814, released code"
    static let mmrBenchTable = "MMR-Bench, arXiv 2601.17814, Table 2"
    static let vlRouterBench = "VL-RouterBench, arXiv 2512.23562, released code"
    static let vlRouterBenchTable = "VL-RouterBench, arXiv 2512.23562, Table 2"
    static let routerDC = "RouterDC, arXiv 2409.19886, as VL-RouterBench uses it, on frozen features"
    static let zooter = "ZOOTER, arXiv 2311.08692, as VL-RouterBench uses it, on frozen features"
    static let routerBench = "after the Zero router of RouterBench, arXiv 2403.12031"
    static let routeLLM = "RouteLLM, arXiv 2406.18665, section 2"
    static let routeGrid = "RouteGrid"
}
