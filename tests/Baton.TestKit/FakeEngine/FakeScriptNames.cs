namespace Baton.TestKit.FakeEngine;

/// <summary>The names scripts have.</summary>
public static class FakeScriptNames
{
    /// <summary>The name of a body: its SHA-1.</summary>
    public static string Of(string body) => FakeScripts.NameOf(body);
}
