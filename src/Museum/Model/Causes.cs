namespace MuseumPipeline.Model;

/// <summary>Searches the inner exceptions of an exception.</summary>
internal static class Causes
{
    /// <summary>The innermost cause of this type, or null.</summary>
    public static T? Within<T>(Exception? error)
        where T : Exception
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is T found)
                return found;
        }
        return null;
    }
}
