import Config
import Document
import Host

/// Everything that `kapo ctl` needs to know.
package struct CtlSettings: Sendable {
    /// How it shows what it has found.
    package enum Form: Equatable, Sendable {
        case table(coloured: Bool)
        case json
    }

    /// What the services are told to do; nil only looks.
    package var order: CtlOrder?
    /// The name of the service that is meant; nil for all.
    package var service: String?
    /// How it is shown.
    package var form: Form

    /// These settings.
    package init(order: CtlOrder?, service: String?, form: Form) {
        (self.order, self.service, self.form) = (order, service, form)
    }

    /// True for a service that is meant.
    func means(_ place: ServicePlace) -> Bool { service == nil || place.name == service }

    /// The rows as they are shown, on lines of `columns` at most if that is not nil.
    func text(of rows: [ServiceRow], columns: Int? = nil) -> [UInt8] {
        switch form {
        case .json: ServiceRow.json(rows)
        case .table(let coloured):
            ServiceTable(rows).lines(coloured: coloured, columns: columns).flatMap { Array("\($0)\n".utf8) }
        }
    }
}
