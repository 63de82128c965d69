/// How a process ended, as wait(2) reports it to the parent.
package enum ExitStatus: Equatable, Sendable {
    /// It called exit with this code, 0 to 255.
    case exited(Int32)
    /// This signal ended it, 1 to 64.
    case signalled(Int32)
    /// It is not a child of Kapo, so nobody told. That counts as a success.
    case unknown

    /// The code that Kapo itself ends with: the command's own, or 128 + N after signal N.
    package var shellCode: Int32 {
        switch self {
        case .exited(let code): code
        case .signalled(let number): 128 + number
        case .unknown: 0
        }
    }

    /// `ExitCode` of the document: the command's own, or -1 when a signal ended it.
    package var documentCode: Int32 {
        switch self {
        case .exited(let code): code
        case .signalled: -1
        case .unknown: 0
        }
    }

    /// `Signal` of the document: the signal's number, or 0 when none ended it.
    package var signal: Int32 {
        switch self {
        case .exited, .unknown: 0
        case .signalled(let number): number
        }
    }

    /// The same for documents: nil when nobody knows.
    var known: ExitStatus? { self == .unknown ? nil : self }
}
