using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>The buttons of the kiosks and their meaning.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface IButtons
{
    Task<KioskButtons> ListAsync(CancellationToken cancel);

    /// <summary>Adds a button; presses of it count from then on, and refused ones can be replayed.</summary>
    /// <param name="button">Its id is set here.</param>
    /// <exception cref="MuseumException">The value or the name cannot be used.</exception>
    Task<PressType> AddAsync(PressKind kind, PressType button, string who, CancellationToken cancel);

    /// <summary>Renames a button, in every number.</summary>
    /// <exception cref="MuseumException">There is no such button, or the name cannot be used.</exception>
    Task<PressType> RenameAsync(PressKind kind, int value, string name, string who, CancellationToken cancel);
}
