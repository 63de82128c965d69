import Config
import Machine

/// What is asked of a command again and again, and what follows.
package struct CheckOptions: Equatable, Sendable {
    /// A check, and how it was written.
    package struct Check: Equatable, Sendable {
        package var name: String
        package var url: CheckURL

        /// That check.
        package init(name: String, url: CheckURL) {
            self.name = name
            self.url = url
        }
    }

    /// Each name once.
    package var checks: [Check]
    package var policy: CheckPolicy
    package var timeout: CheckTimeout
    /// The status codes that are healthy.
    package var healthy: StatusCodes
    /// What the body must contain.
    package var sought: SoughtText?
    package var method = CheckMethod.get
    package var headers: [CheckHeader] = []
    /// For MySQL.
    package var password = ""
    package var notices = CheckNotices()

    /// These checks, and nothing that is told to anybody.
    package init(checks: [Check], policy: CheckPolicy, timeout: CheckTimeout, healthy: StatusCodes) {
        self.checks = checks
        self.policy = policy
        self.timeout = timeout
        self.healthy = healthy
    }
}

/// Commands of the shell that run when a check fails. They run as Kapo does.
package struct CheckNotices: Equatable, Sendable {
    package static let usualCoreCommand = "/usr/bin/gcore -o"
    package static let usualMailCommand = "/usr/sbin/sendmail -t -i"

    /// Writes a core: gets the beginning of a file's name and a pid as two further words.
    package var coreCommand = usualCoreCommand
    /// Where cores go; nil for no cores.
    package var coreDirectory: Path?
    /// Who gets a mail; nil for nobody.
    package var mailAddress: MailAddress?
    /// Takes a mail with its headers.
    package var mailCommand = usualMailCommand
    /// Gets each event as JSON; nil for none.
    package var eventCommand: String?

    /// Nobody is told.
    package init() {}
}
