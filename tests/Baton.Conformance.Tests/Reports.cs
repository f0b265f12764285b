namespace Baton.Conformance.Tests;

/// <summary>Files that a run leaves for people, in <c>artifacts/conformance</c>.</summary>
public static class Reports
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Where they are.</summary>
    public static string Folder { get; } = Directory.CreateDirectory(Path.Combine(Root, "artifacts", "conformance")).FullName;

    /// <summary>Writes one; returns its path.</summary>
    public static string Write(string name, IEnumerable<string> lines)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Baton.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Baton.slnx is above no test folder");
    }
}
