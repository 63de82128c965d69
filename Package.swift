// swift-tools-version: 6.2
// The plan of the house: one target a room. A room knows only the targets named in its line,
// and the compiler keeps it that way. docs/architecture.md says what lives where.
import PackageDescription

let houseRules: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

func room(_ name: String, knows dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/Kapo/\(name)", swiftSettings: houseRules)
}

func tests(_ name: String, of dependencies: [Target.Dependency], excluding files: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: files, swiftSettings: houseRules)
}

let package = Package(
    name: "kapo",
    products: [
        .executable(name: "kapo", targets: ["Commands"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .systemLibrary(name: "CLibevent", pkgConfig: "libevent", providers: [.apt(["libevent-dev"])]),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "libevent_openssl", providers: [.apt(["libevent-dev", "libssl-dev"])]),
        .systemLibrary(name: "CMariaDB", pkgConfig: "libmariadb", providers: [.apt(["libmariadb-dev"])]),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(name: "CYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .target(name: "CLinux"),

        room("Machine"),
        room("Config", knows: ["CYaml", "Machine"]),
        room("Document", knows: ["Machine"]),
        room("Host", knows: ["CLinux"]),
        room("Loop", knows: ["CLibevent", "COpenSSL"]),
        room("Checks", knows: ["Machine", "Host", "Loop", "CMariaDB"]),
        room("Supervisord", knows: ["CExpat"]),
        room("Program", knows: ["Machine", "Config", "Document", "Host", "Loop", "Checks", "Supervisord", logging]),
        .executableTarget(
            name: "Commands",
            dependencies: ["Config", "Document", "Host", "Machine", "Program", argumentParser],
            path: "Sources/Kapo/Commands",
            swiftSettings: houseRules),

        // Random numbers for tests of every room.
        .target(name: "Chance", path: "Tests/Chance", swiftSettings: houseRules),
        tests("MachineTests", of: ["Machine", "Chance"]),
        tests("DocumentTests", of: ["Document", "Machine", "Chance"]),
        tests("ConfigTests", of: ["Config", "Machine", "Chance"]),
        tests("HostTests", of: ["Host", "Chance"]),
        // Servers that tests of more than one room talk with.
        .target(name: "Peers", dependencies: ["Loop"], path: "Tests/Peers", swiftSettings: houseRules),
        tests("LoopTests", of: ["Loop", "CLibevent", "Peers", "Chance"]),
        tests("ChecksTests", of: ["Checks", "Host", "Loop", "Machine", "Peers", "Chance"]),
        tests("SupervisordTests", of: ["Supervisord", "Chance"]),
        tests("Fuzz", of: ["Loop", "CLibevent", "Chance"], excluding: ["FailCases"]),
        tests(
            "CommandsTests",
            of: [
                "Checks", "Commands", "Config", "Document", "Host", "Loop", "Machine", "Program", argumentParser,
                logging,
            ]),
        tests("TidyTests", of: ["Host"]),
        // The dependency builds the program that these tests drive.
        tests("EndToEndTests", of: ["Commands"]),
    ]
)
