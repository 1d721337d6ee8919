public import Catalog

/// Who a request comes from, once that is known.
public struct Visitor: Sendable, Equatable {
    public var name: String
    public var role: AccessToken.Role
    /// Known by a cookie, which a browser sends on its own: changes need a look at their origin.
    public var isBrowser: Bool
    public var address: String

    /// The visitor whose request is being answered.
    @TaskLocal public static var current = Visitor(name: "nobody", role: .viewer, isBrowser: false, address: "")
}
