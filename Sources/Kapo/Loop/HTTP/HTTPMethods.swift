import CLibevent

/// The methods that a path knows; others get 405, and the list of these.
enum HTTPMethods {
    /// Those of a path that says something.
    case reading
    /// Those of a path that does something. Not HEAD: what a GET would answer is not known unless it is done.
    case acting
    /// Those of a path that says something to a GET and does something at a POST.
    case both

    /// True when the path knows that method.
    func contains(_ command: evhttp_cmd_type) -> Bool {
        switch command {
        case EVHTTP_REQ_GET, EVHTTP_REQ_OPTIONS: true
        case EVHTTP_REQ_HEAD: self != .acting
        case EVHTTP_REQ_POST: self != .reading
        default: false
        }
    }

    /// The value of `Allow`.
    var list: StaticString {
        switch self {
        case .reading: "GET, HEAD, OPTIONS"
        case .acting: "GET, POST, OPTIONS"
        case .both: "GET, HEAD, POST, OPTIONS"
        }
    }

    /// What other methods are told, in words for people.
    var advice: String {
        switch self {
        case .reading: "Kapo answers \(list) here, and changes nothing.\n"
        case .acting, .both: "Kapo answers \(list) here; POST is the right way to have something done.\n"
        }
    }
}
