import ArgumentParser
import Config
import Host
import Machine
import Program

/// What is asked of the command again and again.
struct CheckingOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            """
            Ask that again and again: http://… or https://…, unix:/SOCKET:/PATH, tcp:HOST:PORT, smtp:HOST[:PORT], \
            smtps:HOST[:PORT], mysql:USER@HOST[:PORT] or exec:COMMAND. May be given several times; the variable takes \
            several, one on \
            each line. [KAPO_CHECK]
            """,
            valueName: "check"),
        completion: .list(["http://", "https://", "unix:", "tcp:", "smtp:", "smtps:", "mysql:", "exec:"]),
        transform: NamedCheck.init(text:))
    var check: [NamedCheck] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Time between two checks of one kind. [KAPO_CHECK_INTERVAL] (default: 60)", valueName: "seconds"),
        transform: Interval.init(text:))
    var checkInterval: Interval?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Time for one check. [KAPO_CHECK_TIMEOUT] (default: 10)", valueName: "seconds"),
        transform: CheckTimeout.init(text:))
    var checkTimeout: CheckTimeout?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Status codes that are healthy, such as 200,204,300-399. [KAPO_CHECK_STATUS] (default: 200)",
            valueName: "codes"),
        transform: StatusCodes.init(text:))
    var checkStatus: StatusCodes?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What the body must contain. [KAPO_CHECK_CONTAINS]", valueName: "text"),
        transform: SoughtText.init(text:))
    var checkContains: SoughtText?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A header to send. May be given several times. [KAPO_CHECK_HEADER]", valueName: "name: value"),
        transform: CheckHeader.init(text:))
    var checkHeader: [CheckHeader] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How to ask: GET, HEAD, OPTIONS or POST. [KAPO_CHECK_METHOD] (default: GET)", valueName: "method"),
        completion: .list(CheckMethod.allCases.map(\.rawValue)), transform: CheckMethod.init(text:))
    var checkMethod: CheckMethod?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Count no failure before the command has been up that long, or has passed the check. [KAPO_CHECK_GRACE] \
            (default: 0)
            """, valueName: "seconds"),
        transform: Seconds.init(text:))
    var checkGrace: Seconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Failures in a row that make a check fail. [KAPO_CHECK_FALL] (default: 1)", valueName: "n"),
        transform: CheckCount.init(text:))
    var checkFall: CheckCount?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Successes in a row that make a failing check pass. [KAPO_CHECK_RISE] (default: 1)", valueName: "n"),
        transform: CheckCount.init(text:))
    var checkRise: CheckCount?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            What a failing check does: restart the command, say unready, or none. [KAPO_CHECK_ACTION] (default: \
            restart in supervise, unready in run)
            """, valueName: "what"),
        completion: .list(CheckPolicy.Action.allCases.map(\.rawValue)), transform: CheckAction.init(text:))
    var checkAction: CheckAction?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Restart because of checks no more often than that; then say unready until one passes. \
            [KAPO_CHECK_RESTART_LIMIT] (default: 3/3600)
            """, valueName: "n/seconds"),
        transform: StartRate.init(text:))
    var checkRestartLimit: StartRate?

    @OptionGroup(title: "Checks") var notices: NoticeOptions

    /// What was asked for; nil without a check. A failing one does `usual` if nothing else was said.
    func options(_ values: Values, else usual: CheckPolicy.Action) throws -> CheckOptions? {
        let interval = try values.value(checkInterval, "KAPO_CHECK_INTERVAL") ?? Interval(60)
        let action = try values.value(checkAction, "KAPO_CHECK_ACTION")?.action ?? usual
        var policy = CheckPolicy(intervalNanoseconds: interval.nanoseconds, action: action)
        policy.graceNanoseconds = try values.value(checkGrace, "KAPO_CHECK_GRACE")?.nanoseconds ?? 0
        policy.fall = try values.value(checkFall, "KAPO_CHECK_FALL")?.number ?? 1
        policy.rise = try values.value(checkRise, "KAPO_CHECK_RISE")?.number ?? 1
        if let limit = try values.value(checkRestartLimit, "KAPO_CHECK_RESTART_LIMIT") {
            policy.restartLimit = .init(burst: limit.burst, windowNanoseconds: limit.nanoseconds)
        }
        let checks = try distinct(values.lines(check, "KAPO_CHECK"))
        if action == .restart && usual != .restart && !checks.isEmpty {
            throw ValidationError("'run' starts its command once: --check-action is unready or none with it.")
        }
        var options = CheckOptions(
            checks: checks.map { .init(name: $0.text, url: $0.url) }, policy: policy,
            timeout: try values.value(checkTimeout, "KAPO_CHECK_TIMEOUT") ?? CheckTimeout(10),
            healthy: try values.value(checkStatus, "KAPO_CHECK_STATUS") ?? .ok)
        options.sought = try values.value(checkContains, "KAPO_CHECK_CONTAINS")
        options.method = try values.value(checkMethod, "KAPO_CHECK_METHOD") ?? .get
        options.headers = try values.lines(checkHeader, "KAPO_CHECK_HEADER")
        options.password = Invocation.variable("MYSQL_PWD") ?? ""
        options.notices = try notices.notices(values)
        options.policy.writesCore = options.notices.coreDirectory != nil
        if checks.isEmpty {
            try refuseWithoutCheck()
            return nil
        }
        return options
    }

    private func distinct(_ checks: [NamedCheck]) throws -> [NamedCheck] {
        var names: Set<String> = []
        for check in checks where !names.insert(check.text).inserted {
            throw ValidationError("The check \(check.text) is there twice.")
        }
        return checks
    }

    /// An option that says how to check says nothing where nothing is checked.
    private func refuseWithoutCheck() throws {
        let given: [(String, Bool)] = [
            ("check-interval", checkInterval != nil), ("check-timeout", checkTimeout != nil),
            ("check-status", checkStatus != nil), ("check-contains", checkContains != nil),
            ("check-header", !checkHeader.isEmpty), ("check-method", checkMethod != nil),
            ("check-grace", checkGrace != nil), ("check-fall", checkFall != nil), ("check-rise", checkRise != nil),
            ("check-action", checkAction != nil), ("check-restart-limit", checkRestartLimit != nil),
            ("core-dir", notices.coreDir != nil), ("gcore", notices.gcore != nil),
            ("notify-mail", notices.notifyMail != nil), ("sendmail", notices.sendmail != nil),
            ("notify-exec", notices.notifyExec != nil),
        ]
        guard let (name, _) = given.first(where: \.1) else { return }
        throw ValidationError("--\(name) goes with --check, which says what to check.")
    }
}

/// Who is told of checks, and what is kept of a command that hangs.
struct NoticeOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Write a core of a command that fails its checks into that directory before it is restarted. [KAPO_CORE_DIR]
            """, valueName: "dir"),
        completion: .directory, transform: Path.init(text:))
    var coreDir: Path?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            What writes a core: gets the beginning of a file's name, and a pid. [KAPO_GCORE] (default: \
            /usr/bin/gcore -o)
            """,
            valueName: "command"),
        completion: .executable, transform: ShellCommand.init(text:))
    var gcore: ShellCommand?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Send a mail whenever a check has something done. [KAPO_NOTIFY_MAIL]", valueName: "address"),
        transform: MailAddress.init(text:))
    var notifyMail: MailAddress?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What sends a mail that it reads. [KAPO_SENDMAIL] (default: /usr/sbin/sendmail -t -i)", valueName: "command"
        ),
        completion: .executable, transform: ShellCommand.init(text:))
    var sendmail: ShellCommand?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Run that in a shell whenever a verdict changes; it reads the event as JSON. [KAPO_NOTIFY_EXEC]",
            valueName: "command"),
        completion: .executable, transform: ShellCommand.init(text:))
    var notifyExec: ShellCommand?

    /// What was asked for.
    func notices(_ values: Values) throws -> CheckNotices {
        var notices = CheckNotices()
        notices.coreDirectory = try values.value(coreDir, "KAPO_CORE_DIR")
        if let command = try values.value(gcore, "KAPO_GCORE") { notices.coreCommand = command.text }
        notices.mailAddress = try values.value(notifyMail, "KAPO_NOTIFY_MAIL")
        if let command = try values.value(sendmail, "KAPO_SENDMAIL") { notices.mailCommand = command.text }
        notices.eventCommand = try values.value(notifyExec, "KAPO_NOTIFY_EXEC")?.text
        return notices
    }
}

/// `--check`, as it was written.
struct NamedCheck: Setting {
    let text: String
    let url: CheckURL

    init(text: String) throws(SettingError) {
        url = try CheckURL(text: text)
        self.text = text
    }
}

/// `--check-action`.
struct CheckAction: Setting {
    let action: CheckPolicy.Action

    init(text: String) throws(SettingError) {
        guard let action = CheckPolicy.Action(rawValue: text) else {
            throw SettingError("'\(text)' is not what a failing check can do: restart, unready or none")
        }
        self.action = action
    }
}

/// `--check-fall` and `--check-rise`, and `--fall` of httpok: 1 to 1000.
struct CheckCount: Setting {
    let number: Int

    init(text: String) throws(SettingError) {
        guard let number = Int(text), 1...1000 ~= number, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
            throw SettingError("'\(text)' is not a number of results in a row: a whole number from 1 to 1000")
        }
        self.number = number
    }
}
