namespace Baton.Client;

/// <summary>How the library names itself: to servers, in metrics and traces.</summary>
internal static class LibraryInfo
{
    /// <summary>Its name.</summary>
    public const string Name = "Baton.Client";

    /// <summary>Its version.</summary>
    public static readonly string Version = typeof(LibraryInfo).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
