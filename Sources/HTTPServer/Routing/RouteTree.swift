import HTTPTypes

/// Routes as a prefix tree over path components.
struct RouteTree: Sendable {
    enum Target: Sendable {
        case waiting(Router.Handler)
        case immediate(Router.ImmediateHandler)
    }

    enum Finding {
        case found(Target, RouteParameters)
        case methodMissing(allowed: [String])
        case pathMissing
    }

    private struct Endpoint: Sendable {
        let method: HTTPRequest.Method
        let names: [String]
        let target: Target
    }

    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var parameters: [(part: RoutePattern.Part, node: Int)] = []
        var rest: Int?
        var endpoints: [Endpoint] = []
    }

    private var nodes = [Node()]

    mutating func add(_ method: HTTPRequest.Method, _ pattern: RoutePattern, _ target: Target) {
        var node = 0
        for part in pattern.parts { node = child(of: node, part) }
        precondition(!nodes[node].endpoints.contains { $0.method == method }, "the route \(method) \(pattern.parts) exists already")
        nodes[node].endpoints.append(Endpoint(method: method, names: pattern.names, target: target))
    }

    /// The child node for `part`, created if necessary. Parts that match the same components share a node regardless of their names.
    private mutating func child(of node: Int, _ part: RoutePattern.Part) -> Int {
        switch part {
        case .literal(let text):
            if let child = nodes[node].literals[text] { return child }
            nodes[node].literals[text] = nodes.count
        case .parameter(_, let kind, let prefix, let suffix):
            let anonymous = RoutePattern.Part.parameter(name: "", kind: kind, prefix: prefix, suffix: suffix)
            if let child = nodes[node].parameters.first(where: { $0.part == anonymous })?.node { return child }
            nodes[node].parameters.append((anonymous, nodes.count))
        case .rest:
            if let child = nodes[node].rest { return child }
            nodes[node].rest = nodes.count
        }
        nodes.append(Node())
        return nodes.count - 1
    }

    /// The path selects a node first, then the method: the methods allowed at a path never depend on other patterns.
    func find(_ method: HTTPRequest.Method, _ segments: [String]) -> Finding {
        var values: [String] = []
        guard let node = search(0, segments[...], &values) else { return .pathMissing }
        let endpoints = nodes[node].endpoints
        let endpoint =
            endpoints.first { $0.method == method } ?? (method == .head ? endpoints.first { $0.method == .get } : nil)
        guard let endpoint else { return .methodMissing(allowed: Self.allowNames(endpoints.map(\.method))) }
        return .found(endpoint.target, RouteParameters(names: endpoint.names, values: values))
    }

    /// The first node with routes that matches the path, depth first: literal components, then parameters, then a rest parameter.
    private func search(_ node: Int, _ segments: ArraySlice<String>, _ values: inout [String]) -> Int? {
        guard let segment = segments.first else {
            return nodes[node].endpoints.isEmpty ? restPlace(node, segments, &values) : node
        }
        let remaining = segments.dropFirst()
        if let child = nodes[node].literals[segment], let found = search(child, remaining, &values) { return found }
        for (part, child) in nodes[node].parameters {
            guard let value = part.value(in: segment) else { continue }
            values.append(value)
            if let found = search(child, remaining, &values) { return found }
            values.removeLast()
        }
        return restPlace(node, segments, &values)
    }

    private func restPlace(_ node: Int, _ segments: ArraySlice<String>, _ values: inout [String]) -> Int? {
        guard let rest = nodes[node].rest else { return nil }
        values.append(segments.joined(separator: "/"))
        return rest
    }

    private static func allowNames(_ methods: [HTTPRequest.Method]) -> [String] {
        var names = Set(methods.map(\.rawValue))
        if names.contains("GET") { names.insert("HEAD") }
        names.insert("OPTIONS")
        return names.sorted()
    }
}
