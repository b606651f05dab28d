// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target.
///
/// Warnings are errors in this package only, never in its dependencies.
let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Targets with hot loops are optimised in debug builds too: an unoptimised loop is about 17 times slower.
let numericSettings = settings + [.unsafeFlags(["-O"], .when(configuration: .debug))]

let package = Package(
    name: "routegrid",
    products: [.executable(name: "routegrid", targets: ["routegrid"])],
    dependencies: [
        // Command line: parsing, help, completions.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // Heaps of the scheduler.
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        // Structured logs to stderr.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // Messages between processes: fixed schema, no code.
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        // Sockets of the dashboard: builds in seconds, depends on nothing; it has no bounds of its own, so requests are read
        // and bounded by us, and its HTTP server is not used.
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
        // SQLite: the record store.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // Grid files are YAML.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // Graceful shutdown of long-lived parts on signals.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // System libraries and what Glibc's Swift module hides.
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        // SHA-256 for keys and content addresses; a Swift package for it would compile 300 files of C.
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
        // OpenBLAS, loaded when a process first computes with it.
        .target(name: "COpenBLAS"),
        .target(name: "CPlatform"),
        // Loops that need the widest registers of the processor at hand.
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]),

        // Base: canonical JSON, digests, random streams, errors, the lock box.
        .target(name: "RouteGridBase", dependencies: ["COpenSSL"], swiftSettings: numericSettings),

        // The evaluation side: data, catalog, core.
        .target(name: "RoutingData", dependencies: ["RouteGridBase", "CZlib"], swiftSettings: numericSettings),
        .target(name: "Catalog", dependencies: ["RouteGridBase"], swiftSettings: settings),
        // From choices and outcomes to points, curves and metrics, and their statistics: without BLAS.
        .target(
            name: "Scoring",
            dependencies: ["RouteGridBase", "RoutingData", "Catalog", "CKernels"],
            swiftSettings: numericSettings
        ),
        .target(
            name: "RoutingCore",
            dependencies: ["RouteGridBase", "RoutingData", "Catalog", "Scoring", "COpenBLAS", "CKernels"],
            swiftSettings: numericSettings
        ),

        // The grid: file, axes, cells, keys, records.
        .target(
            name: "Grid",
            dependencies: ["RouteGridBase", "Catalog", "RoutingData", .product(name: "Yams", package: "Yams")],
            swiftSettings: settings
        ),

        // The cluster.
        .target(
            name: "ZeroMQ",
            dependencies: ["RouteGridBase", "CZeroMQ", "CPlatform"],
            swiftSettings: settings
        ),
        // Who may connect, and as what.
        .target(name: "Keys", dependencies: ["RouteGridBase", "ZeroMQ"], swiftSettings: settings),
        .target(
            name: "Wire",
            dependencies: [
                "RouteGridBase", "Keys", "ZeroMQ", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["routegrid.proto", "slot.proto"],
            swiftSettings: settings
        ),
        // Who runs what, and what may be acknowledged: no clock, no disk, no sockets; a simulation drives both.
        .target(
            name: "Scheduling",
            dependencies: ["RouteGridBase", .product(name: "HeapModule", package: "swift-collections")],
            swiftSettings: numericSettings
        ),
        .target(
            name: "Coordinator",
            dependencies: [
                "RouteGridBase", "Catalog", "RoutingData", "Scoring", "Scheduling", "Grid", "Keys", "Wire", "ZeroMQ",
                "CPlatform",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: numericSettings
        ),
        .target(
            name: "Simulation",
            dependencies: [
                "RouteGridBase", "Scheduling", .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: numericSettings
        ),
        .target(
            name: "Worker",
            dependencies: [
                "RouteGridBase", "Catalog", "Scoring", "RoutingCore", "RoutingData", "Grid", "Keys", "Wire", "ZeroMQ",
                "CPlatform", "COpenBLAS",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Aggregator",
            dependencies: ["RouteGridBase", "Scoring", "RoutingData", "Catalog", "Grid", "Wire", "ZeroMQ"],
            swiftSettings: settings
        ),
        // Boards as pages and pictures.
        .target(
            name: "Report",
            dependencies: ["Aggregator", "Scoring", "Catalog", "Grid", "RouteGridBase"],
            resources: [.embedInCode("Web")],
            swiftSettings: settings
        ),
        // Night after night: history, verdicts, publishing.
        .target(
            name: "Nightly",
            dependencies: ["Aggregator", "Report", "Scoring", "Catalog", "Grid", "RouteGridBase"],
            swiftSettings: numericSettings
        ),
        // Workers through a batch system: how many, and Slurm's commands.
        .target(name: "Allocation", dependencies: ["RouteGridBase", "Scheduling"], swiftSettings: settings),
        // A running coordinator as a page, an API and metrics over HTTP.
        .target(
            name: "Dashboard",
            dependencies: [
                "RouteGridBase", "Aggregator", "Grid", "Report", "Scheduling", "Wire",
                .product(name: "FlyingSocks", package: "FlyingFox"),
            ],
            resources: [.embedInCode("Web")],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "routegrid",
            dependencies: [
                "Aggregator", "Allocation", "Report", "Nightly", "Dashboard", "Coordinator", "Simulation", "Worker",
                "Grid", "Catalog", "RoutingData",
                "RoutingCore", "Scoring", "Keys", "Wire",
                "Scheduling", "ZeroMQ", "RouteGridBase", "CPlatform", "CZeroMQ", "COpenBLAS",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),

        // Tests: one folder a target, then the scheduler under seeded faults and real processes.
        .target(
            name: "TestSupport",
            dependencies: ["Grid", "RouteGridBase", "RoutingData", "Wire", "ZeroMQ"],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        .target(
            name: "ClusterTrials",
            dependencies: ["RouteGridBase", "Keys", "Wire", "ZeroMQ", "CPlatform"],
            path: "Tests/ClusterTrials",
            swiftSettings: settings
        ),
        .target(
            name: "PlantedTrials",
            dependencies: [
                "Aggregator", "Grid", "Nightly", "RouteGridBase", "RoutingData", "Scoring", "TestSupport", "Wire",
                "Worker",
            ],
            path: "Tests/PlantedTrials",
            swiftSettings: numericSettings
        ),
        .executableTarget(
            name: "trials",
            dependencies: [
                "ClusterTrials", "PlantedTrials", "RouteGridBase",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Trials",
            swiftSettings: settings
        ),
        .testTarget(name: "RouteGridBaseTests", dependencies: ["RouteGridBase"], swiftSettings: settings),
        .testTarget(
            name: "RoutingDataTests",
            dependencies: ["RoutingData", "TestSupport"],
            exclude: ["Golden"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CatalogTests",
            dependencies: ["Catalog", "RouteGridBase"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ScoringTests",
            dependencies: ["Scoring", "RoutingCore", "RoutingData", "Catalog", "RouteGridBase", "TestSupport"],
            swiftSettings: numericSettings
        ),
        .testTarget(
            name: "RoutingCoreTests",
            dependencies: [
                "RoutingCore", "Scoring", "RoutingData", "Catalog", "RouteGridBase", "TestSupport", "CKernels",
            ],
            exclude: ["Golden", "Revisions/fingerprints.json"],
            swiftSettings: numericSettings
        ),
        .testTarget(
            name: "GridTests",
            dependencies: ["Grid", "Catalog", "RoutingData", "RouteGridBase", "TestSupport"],
            exclude: ["Vectors"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ZeroMQTests",
            dependencies: ["ZeroMQ", "CZeroMQ", "RouteGridBase"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "KeysTests",
            dependencies: ["Keys", "ZeroMQ", "RouteGridBase", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "WireTests",
            dependencies: [
                "Wire", "Keys", "ZeroMQ", "RouteGridBase",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SchedulingTests",
            dependencies: ["Scheduling", "RouteGridBase"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CoordinatorTests",
            dependencies: [
                "Coordinator", "Scheduling", "Grid", "Keys", "Catalog", "Wire", "ZeroMQ", "RouteGridBase",
                "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "WorkerTests",
            dependencies: [
                "Worker", "Wire", "ZeroMQ", "CPlatform", "RouteGridBase", "Grid", "TestSupport", "Catalog",
                "RoutingData",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AllocationTests",
            dependencies: ["Allocation", "Scheduling", "RouteGridBase", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AggregatorTests",
            dependencies: [
                "Aggregator", "Grid", "RouteGridBase", "Catalog", "Scoring", "RoutingCore", "RoutingData",
                "TestSupport",
            ],
            exclude: ["Golden"],
            swiftSettings: numericSettings
        ),
        .testTarget(
            name: "ReportTests",
            dependencies: [
                "Report", "Aggregator", "PlantedTrials", "RouteGridBase", "TestSupport",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "NightlyTests",
            dependencies: ["Nightly", "Aggregator", "Grid", "Scoring", "RouteGridBase", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DashboardTests",
            dependencies: [
                "Dashboard", "Aggregator", "Grid", "RouteGridBase", "Scheduling", "TestSupport", "Wire",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PlantedTests",
            dependencies: ["PlantedTrials", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["Simulation", "Scheduling", "RouteGridBase", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ClusterTests",
            dependencies: [
                "routegrid", "ClusterTrials", "Coordinator", "Scheduling", "Grid", "Keys", "RouteGridBase",
                "RoutingData",
                "TestSupport", "Wire", "ZeroMQ",
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
