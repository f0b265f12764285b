namespace Baton.Integration.Tests.Hosting;

/// <summary>A directory for one test.</summary>
internal sealed class Folder : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("baton-host-");

    public string Path => _directory.FullName;

    public void Dispose() => _directory.Delete(recursive: true);
}
