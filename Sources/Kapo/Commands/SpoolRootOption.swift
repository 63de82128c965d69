import ArgumentParser
import Config

/// Where the spool of a proxy is.
struct SpoolRootOption: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Directory of the spool. [KAPO_SPOOL_ROOT] (default: /var/spool/hacheck)", valueName: "path"),
        completion: .directory, transform: Path.init(text:))
    var spoolRoot: Path?

    /// What was said of it; nil for nothing.
    func path(_ values: Values) throws -> Path? { try values.value(spoolRoot, "KAPO_SPOOL_ROOT") }
}
