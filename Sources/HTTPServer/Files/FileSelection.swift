import HTTPTypes

/// Which bytes of a file to send: a pure function of the request's fields and the file's properties.
enum FileSelection: Equatable {
    case whole
    case part(Range<Int>)
    case parts([Range<Int>])
    case notModified
    case preconditionFailed
    case unsatisfiable

    init(method: HTTPRequest.Method, fields: HTTPFields, size: Int, entityTag: EntityTag, modified: HTTPDate) {
        let conditions = Conditions(fields: fields, method: method)
        switch conditions.verdict(entityTag: entityTag, modified: modified) {
        case .failed: self = .preconditionFailed
        case .notModified: self = .notModified
        case .proceed:
            guard let text = fields[.range], let range = RangeHeader(parsing: text),
                conditions.allowsRange(entityTag: entityTag, modified: modified)
            else {
                self = .whole
                return
            }
            self = Self.selection(range, size)
        }
    }

    private static func selection(_ header: RangeHeader, _ size: Int) -> FileSelection {
        guard header.parts.count <= RangeHeader.maximumParts else { return .whole }
        let ranges = header.ranges(within: size)
        if ranges.isEmpty { return .unsatisfiable }
        if ranges.count == 1 { return .part(ranges[0]) }
        // If the parts together exceed the whole, they overlap; sending the whole is cheaper for both sides.
        let total = ranges.reduce(0) { $0 + $1.count }
        return total > size ? .whole : .parts(ranges)
    }
}
