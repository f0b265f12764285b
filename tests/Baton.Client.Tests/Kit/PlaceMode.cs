namespace Baton.Client.Tests.Kit;

/// <summary>How a place takes connections.</summary>
internal enum PlaceMode
{
    /// <summary>It does.</summary>
    Serving,

    /// <summary>Nobody listens.</summary>
    Refusing,

    /// <summary>No answer to the attempt, ever.</summary>
    Unreachable,

    /// <summary>It accepts, and never answers.</summary>
    Mute,
}
