import CCodecs

/// The versions of the system's libraries that this process runs with.
public enum LibraryVersions {
    /// By the libraries' names.
    public static var all: [String: String] {
        var versions = unsafe ["zlib": String(cString: fc_zlib_version()), "libpng": String(cString: fc_png_version())]
        if let version = unsafe fc_glibc_version() { unsafe versions["glibc"] = String(cString: version) }
        return versions
    }
}
