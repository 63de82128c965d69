/// How a process ended, as wait(2) reports it.
package enum ExitStatus: Equatable, Sendable {
    /// It called exit with this code, 0 to 255.
    case exited(Int32)
    /// This signal ended it, 1 to 64.
    case signalled(Int32)

    /// The code that Kapo itself ends with: the command's own, or 128 + N after signal N.
    package var shellCode: Int32 {
        switch self {
        case .exited(let code): code
        case .signalled(let number): 128 + number
        }
    }

    /// `ExitCode` of the document: the command's own, or -1 when a signal ended it.
    package var documentCode: Int32 {
        switch self {
        case .exited(let code): code
        case .signalled: -1
        }
    }

    /// `Signal` of the document: the signal's number, or 0 when none ended it.
    package var signal: Int32 {
        switch self {
        case .exited: 0
        case .signalled(let number): number
        }
    }
}
