/// The hosts that requests may name.
public enum AllowedHosts: Sendable, Hashable {
    /// Every host.
    case any
    /// These names or addresses, compared without case and port; IPv6 addresses in brackets. `*.example.org` allows all subdomains.
    case only(Set<String>)

    func allows(_ host: String) -> Bool {
        guard case .only(let names) = self else { return true }
        if names.contains(host) { return true }
        guard let dot = host.firstIndex(of: ".") else { return false }
        return names.contains("*" + host[dot...])
    }

    /// With names in lower case, as `allows` expects.
    var normalized: AllowedHosts {
        guard case .only(let names) = self else { return self }
        return .only(Set(names.map { $0.lowercased() }))
    }
}
