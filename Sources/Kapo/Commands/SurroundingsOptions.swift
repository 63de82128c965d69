import ArgumentParser
import Config
import Program

/// The options that say what the command finds around itself.
struct SurroundingsOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "File of NAME=VALUE lines for the command's environment, read at each start. [KAPO_ENV_FILE]",
            valueName: "file"),
        completion: .file(), transform: Path.init(text:))
    var envFile: Path?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Directory that the command starts in. [KAPO_CHDIR]", valueName: "dir"),
        completion: .directory, transform: Path.init(text:))
    var chdir: Path?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            User that the command runs as, and its group if that is not the user's own; names or numbers. \
            [KAPO_USER]
            """, valueName: "name[:group]"),
        completion: .shellCommand("cut -d : -f 1 /etc/passwd"), transform: UserName.init(text:))
    var user: UserName?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Permissions that the command's new files do not get, octal. [KAPO_UMASK]", valueName: "mode"),
        transform: Umask.init(text:))
    var umask: Umask?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Nice value of the command, set and not added to Kapo's: -20 to 19. [KAPO_NICE]", valueName: "n"),
        transform: Nice.init(text:))
    var nice: Nice?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            """
            Limit of the command, such as nofile=1024:4096 or core=unlimited; one number sets both limits. May be \
            given several times; the variable takes several with spaces between them. [KAPO_LIMIT]
            """, valueName: "name=soft[:hard]"),
        transform: ResourceLimit.init(text:))
    var limit: [ResourceLimit] = []

    /// What was said.
    func surroundings(_ values: Values) throws -> Surroundings {
        var surroundings = Surroundings()
        surroundings.environmentFile = try values.value(envFile, "KAPO_ENV_FILE")
        surroundings.directory = try values.value(chdir, "KAPO_CHDIR")
        surroundings.user = try values.value(user, "KAPO_USER")
        surroundings.umask = try values.value(umask, "KAPO_UMASK")
        surroundings.nice = try values.value(nice, "KAPO_NICE")
        let limits = limit.isEmpty ? nil : ResourceLimits(limit)
        surroundings.limits = try values.value(limits, "KAPO_LIMIT") ?? ResourceLimits([])
        return surroundings
    }
}
