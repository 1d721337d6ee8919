import HTTPTypes

/// The conditions of a request, evaluated in the order of RFC 9110, section 13.2.2.
struct Conditions {
    enum Verdict: Equatable {
        case proceed
        case notModified
        case failed
    }

    let fields: HTTPFields
    let method: HTTPRequest.Method

    /// Evaluates the conditions against the representation that would be sent.
    func verdict(entityTag: EntityTag?, modified: HTTPDate?) -> Verdict {
        if fields.contains(.ifMatch) {
            if !matches(.ifMatch, entityTag, weakly: false) { return .failed }
        } else if let limit = date(.ifUnmodifiedSince), let modified, modified > limit {
            return .failed
        }
        let isReading = method == .get || method == .head
        if fields.contains(.ifNoneMatch) {
            if matches(.ifNoneMatch, entityTag, weakly: true) { return isReading ? .notModified : .failed }
        } else if isReading, let since = date(.ifModifiedSince), let modified, modified <= since {
            return .notModified
        }
        return .proceed
    }

    /// Whether to honor a `Range` field: `If-Range` is absent or holds (RFC 9110, section 13.1.5).
    func allowsRange(entityTag: EntityTag?, modified: HTTPDate?) -> Bool {
        guard method == .get else { return false }
        guard let condition = fields[.ifRange] else { return true }
        if let tag = EntityTag(parsing: condition) { return entityTag.map(tag.isStrongly) ?? false }
        guard let date = HTTPDate(parsing: condition) else { return false }
        return date == modified
    }

    private func matches(_ name: HTTPField.Name, _ tag: EntityTag?, weakly: Bool) -> Bool {
        guard let text = fields[name], let list = EntityTagList(parsing: text) else { return false }
        switch list {
        case .any: return true
        case .tags(let tags):
            guard let tag else { return false }
            return tags.contains { weakly ? $0.isWeakly(tag) : $0.isStrongly(tag) }
        }
    }

    private func date(_ name: HTTPField.Name) -> HTTPDate? {
        fields[name].flatMap(HTTPDate.init(parsing:))
    }
}
