/// What a cell shows, as an exported Jupyter notebook carries it.
///
/// Viewers show the best form that they trust: JupyterLab shows no SVG of a notebook from elsewhere, so a figure needs a PNG beside it.
package struct JupyterRendering: Sendable, Hashable {
    /// Markdown in place of a text cell's source: with the values of its bound expressions. Nil for the source itself.
    package var markdown: String?
    /// Python of a code cell: a few lines that fetch the same data. Nil for the cell's fields as a comment.
    package var python: String?
    /// The output as plain text; nil for no output.
    package var plain: String?
    package var html: String?
    package var svg: String?
    package var png: [UInt8]?
    /// Why there is no output, instead of one.
    package var problem: String?

    package init(
        markdown: String? = nil, python: String? = nil, plain: String? = nil, html: String? = nil, svg: String? = nil, png: [UInt8]? = nil, problem: String? = nil
    ) {
        self.markdown = markdown
        self.python = python
        self.plain = plain
        self.html = html
        self.svg = svg
        self.png = png
        self.problem = problem
    }

    /// Lines of Python that read JSON from a path of the server, with an access token from the environment.
    /// - Parameter server: the address unless the environment tells another
    package static func python(fetching path: String, from server: String?) -> String {
        """
        import json, os, urllib.request

        server = os.environ.get("FIDELIO_URL", \(PythonText.literal(server ?? "http://127.0.0.1:8642")))
        request = urllib.request.Request(server + \(PythonText.literal(path)))
        request.add_header("Authorization", "Bearer " + os.environ["FIDELIO_TOKEN"])
        data = json.load(urllib.request.urlopen(request))
        """
    }
}

/// Texts of Python.
enum PythonText {
    /// A text as a literal: the escapes of JSON mean the same in Python, which reads none of its own here.
    static func literal(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case " "..."~": result.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16)
                result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            }
        }
        return result + "\""
    }

    /// The lines of a text as comments.
    static func comment(_ text: String) -> String { lines(text).map { $0.isEmpty ? "#" : "# \($0)" }.joined(separator: "\n") }

    private static func lines(_ text: String) -> [String] {
        LineEndings.normalized(text).utf8.split(separator: lineFeed, omittingEmptySubsequences: false).map { Array($0).text }
    }

    /// The text in lines with their endings, cut as `str.splitlines(True)` cuts it: Jupyter's files hold texts so.
    static func splitLines(_ text: String) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var afterReturn = false
        func isEnd(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.value {
            case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
            default: false
            }
        }
        for scalar in text.unicodeScalars {
            if afterReturn, scalar != "\n" {
                lines.append(String(line))
                line = String.UnicodeScalarView()
            }
            line.append(scalar)
            afterReturn = scalar == "\r"
            if isEnd(scalar), !afterReturn {
                lines.append(String(line))
                line = String.UnicodeScalarView()
            }
        }
        if !line.isEmpty { lines.append(String(line)) }
        return lines
    }
}
