namespace Baton.Server.Rest;

/// <summary>The JSON type a documented field has.</summary>
internal enum FieldKind
{
    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>Any number.</summary>
    Number,

    /// <summary>A string.</summary>
    Text,

    /// <summary>An array.</summary>
    Array,

    /// <summary>An object.</summary>
    Object,

    /// <summary>The documentation leaves the type open.</summary>
    Any,
}
